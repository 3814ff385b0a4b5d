// The pages work without this file. It turns on what GOV.UK Frontend adds where scripts run: the menu button
// on a phone, moving to the error summary, showing a password that is being typed; the keys for deciding; passkeys.
import { initAll } from "../govuk/govuk-frontend.min.js";
import { listen } from "./keys.js";
import { listen as listenForPasskeys } from "./passkey.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
listen();
listenForPasskeys();
