"""Work the controllers ask for: polling servers, checking this machine, exports, diagnostics."""
