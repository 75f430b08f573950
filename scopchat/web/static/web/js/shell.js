// What every page of the shell does.
import "./dialogs.js";
import "./filter.js";
import "./choices.js";
import "./menu.js";
import "./times.js";
import "./toasts.js";
import "./copy.js";
import "./farewell.js";
import "./people.js";
import "./activity.js";
