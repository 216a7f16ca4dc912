"""CloudWatch: datapoints, windows, alarms, metric math."""
