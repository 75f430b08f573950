// Another tab of this browser has entered another company, and with it the session: nothing of the one before stays on
// the screen, nor does a form of it go to the new one. What an address names by number is not there.
export function leaveCompany() {
  document.documentElement.hidden = true;
  if (/\d/.test(location.pathname)) location.assign("/");
  else location.reload();
}
