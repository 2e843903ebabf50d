"""The use cases, one file each: functions from values to a result, for the command, the preview and Python."""
