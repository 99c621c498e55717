"""Work for the controllers: the history's file, exports, probes, examining this machine, diagnostics."""
