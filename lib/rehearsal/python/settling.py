"""Lets a stack operation answer when it is done.

Real CloudFormation answers at once, and whoever waits asks again: the CDK CLI every five seconds, however soon the
emulator was done. An answer that comes with the end of the operation is right as well, and the CLI's first question
finds the stack settled.
"""

import asyncio
from urllib.parse import parse_qs

from ministack.services import cloudformation

OPERATIONS = ("CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet")
# Seconds. What takes longer goes on alone, well before any client gives up its request.
LONGEST = 20
PAUSE = 0.02


def in_progress(name: str) -> bool:
    return any(
        stack.get("StackStatus", "").endswith("_IN_PROGRESS") and stack.get("StackStatus") != "REVIEW_IN_PROGRESS"
        for stack in cloudformation._stacks.values()
        if name in (stack.get("StackName"), stack.get("StackId"))
    )


def install() -> None:
    handle = cloudformation.handle_request

    async def settled(method, path, headers, body, query_params):
        answer = await handle(method, path, headers, body, query_params)
        sent = {**query_params, **parse_qs((body or b"").decode("utf-8", errors="replace"))}
        if (sent.get("Action") or [""])[0] in OPERATIONS:
            name = (sent.get("StackName") or [""])[0]
            deadline = asyncio.get_running_loop().time() + LONGEST
            while in_progress(name) and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(PAUSE)
        return answer

    cloudformation.handle_request = settled
