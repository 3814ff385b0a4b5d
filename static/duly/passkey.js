// Passkeys: the one thing of signing in that a browser does only by script. A form says what is asked of it:
// data-passkey="create" or "get", and data-options, the name of the element that holds the server's options, or
// data-options-from, where to ask for them. What the browser answers goes into its field "credential".

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

async function create(options) {
  const asked = { ...options, challenge: bytes(options.challenge), excludeCredentials: listed(options.excludeCredentials) };
  asked.user = { ...options.user, id: bytes(options.user.id) };
  const made = await navigator.credentials.create({ publicKey: asked });
  return answered(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports ? made.response.getTransports() : [],
  });
}

async function get(options) {
  const asked = { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey: asked });
  const handle = found.response.userHandle;
  return answered(found, {
    authenticatorData: text(found.response.authenticatorData),
    signature: text(found.response.signature),
    userHandle: handle ? text(handle) : null,
  });
}

function answered(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return answer.json();
}

async function use(form) {
  const all = await optionsOf(form);
  const options = (all.creation_options || all.request_options).publicKey;
  const credential = form.dataset.passkey === "create" ? await create(options) : await get(options);
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

const says = {
  NotAllowedError: "Nothing was done: the browser was told to stop, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Browsers allow passkeys only at a name, not at an address of numbers such as 127.0.0.1.",
};

export function listen() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    const trouble = form.querySelector("[data-passkey-trouble]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      trouble.textContent = "";
      use(form).catch((error) => {
        trouble.textContent = says[error.name] || "The passkey did not work. Try again, or sign in another way.";
      });
    });
  }
}
