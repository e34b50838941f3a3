"""One filler per entry of gaps.json, in its order. Each calls the emulator's own service API over loopback."""

from . import cloudwatch, databases, dynamodb, ec2, ecs, events, functions, s3, secrets_manager, sns

FILLERS = [
    *ec2.FILLERS,
    *s3.FILLERS,
    *dynamodb.FILLERS,
    *databases.FILLERS,
    *ecs.FILLERS,
    *functions.FILLERS,
    *events.FILLERS,
    *cloudwatch.FILLERS,
    *sns.FILLERS,
    *secrets_manager.FILLERS,
]
