"""EventBridge Scheduler's expressions: their syntax, and the dates on which a cron expression fires."""
