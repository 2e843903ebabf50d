"""The use cases, one file each: functions from values to a result. The command, the preview and Python call them."""
