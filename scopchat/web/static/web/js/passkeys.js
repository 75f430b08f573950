// Forms that are answered by a passkey: the browser asks the person, and what it says is sent with the form.
const api = window.PublicKeyCredential;
const named = !/^[\d.]+$|:/.test(location.hostname);
const possible = window.isSecureContext && named && Boolean(api?.parseRequestOptionsFromJSON);

for (const one of document.querySelectorAll("[data-passkey], [data-needs-passkeys]")) one.hidden = !possible;
for (const one of document.querySelectorAll("[data-without-passkeys]")) one.hidden = possible;

// Options are part of the page, or fetched where most people will not need them.
async function optionsOf(form) {
  if (!form.dataset.options) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

async function ask(form) {
  const { publicKey } = await optionsOf(form);
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: api.parseCreationOptionsFromJSON(publicKey) });
  }
  return navigator.credentials.get({ publicKey: api.parseRequestOptionsFromJSON(publicKey) });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-passkey]")) return;
  event.preventDefault();
  const refused = form.querySelector("[data-refused]");
  refused.classList.remove("d-block");
  try {
    const credential = await ask(form);
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch {
    // Cancelled, timed out or no such passkey here: browsers do not tell which.
    refused.classList.add("d-block");
  }
});
