// Stands in for Aztec's logger: what it would write can hold keys and private values.

const nothing = () => {};
const LEVELS = ["silent", "fatal", "error", "warn", "info", "verbose", "debug", "trace"];

export function createLogger(module = "", bindings = {}) {
  const logger = { module, level: "silent", isLevelEnabled: () => false, getBindings: () => bindings };
  for (const level of LEVELS) logger[level] = nothing;
  logger.createChild = (child) => createLogger(`${module}:${child}`, bindings);
  return logger;
}

export const resolveLogger = (module, given) => (given && "info" in given ? given : createLogger(module, given));
export const logger = Object.assign(createLogger(), { child: () => logger });
export const logLevel = "silent";
export const logFilters = [];
export const levels = { labels: {}, values: {} };
export const pinoPrettyOpts = {};
export const addLogBindingsHandler = nothing;
export const removeLogBindingsHandler = nothing;
export const addLogDataHandler = nothing;
export const overwriteLoggingStream = nothing;
export const registerLoggingStream = nothing;
export const getActorColor = () => String;
export const resetActorColors = nothing;
export const formatLogMessage = (log) => String(log.msg ?? "");
