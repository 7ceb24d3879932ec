// The one module that pages load. Every page works without it; these make it quicker.
import "./answer-timer.js";
import "./copy-button.js";
import "./live-form.js";
import "./order-list.js";
import "./quiz-keys.js";
import "./slider-field.js";
import "./theme-switch.js";
