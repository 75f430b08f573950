// What a request of our own needs beside those of htmx: the token against forgery, from where htmx has it.
export function headers() {
  return JSON.parse(document.body.getAttribute("hx-headers:inherited"));
}
