"""Schedule expressions of EventBridge Scheduler: validation, and the dates that a cron expression matches."""
