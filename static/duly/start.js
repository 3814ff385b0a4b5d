// The pages work without this file. It turns on what GOV.UK Frontend adds where scripts run: the menu button
// on a phone, moving to the error summary, and showing a password that is being typed.
import { initAll } from "../govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
