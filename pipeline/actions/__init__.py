"""The use cases, one file each: functions from values to a result, for command, preview and Python alike."""
