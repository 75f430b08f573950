// Nobody is signed in in this browser (any more): its other tabs hear of it.
new BroadcastChannel("signed-out").postMessage("");
