// The inbox's parts.
import "./rows.js";
import "./views.js";
import "./live.js";
import "./thread.js";
import "./thread-search.js";
import "./composer.js";
import "./keyboard.js";
import "./offline.js";
import "./phone.js";
import "./repeats.js";
import "./rowmenu.js";
import "./title.js";
