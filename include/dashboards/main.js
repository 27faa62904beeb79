import "./card.js";
import "./figure.js";
import "./orders.js";
import "./pipeline.js";
import { startShell } from "./shell.js";
import { followTheme } from "./theme.js";

followTheme();
startShell();
