"""Plays one scenario as a client of Python's grpcio and prints what it saw as JSON.

grpcio_client.py DESCRIPTOR_SET TARGET SCENARIO [AUTHORITY]

The messages come from the project's descriptor set, so that nothing is generated. With the PEM file of an
authority the connection is TLS, and the server has to show a certificate of it.
"""

import json
import pathlib
import sys
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

PROCESS = "/envoy.service.ext_proc.v3.ExternalProcessor/Process"
MEBIBYTE = 1 << 20
WAIT_S = 20


class Messages:
    """The message classes of a descriptor set, by name."""

    def __init__(self, path: str) -> None:
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(path).read_bytes()).file:
            self.pool.AddSerializedFile(file.SerializeToString())

    def of(self, name: str):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))


def open_channel(target: str, authority: list[str]) -> grpc.Channel:
    limits = [("grpc.max_receive_message_length", -1), ("grpc.ssl_target_name_override", "serin")]
    if not authority:
        return grpc.insecure_channel(target, limits)
    trusted = pathlib.Path(authority[0]).read_bytes()
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(trusted), limits)


class Client:
    """A channel and the calls that the scenarios make on it."""

    def __init__(self, channel: grpc.Channel, messages: Messages) -> None:
        self.channel = channel
        self.messages = messages
        self.request = messages.of("envoy.service.ext_proc.v3.ProcessingRequest")
        self.response = messages.of("envoy.service.ext_proc.v3.ProcessingResponse")

    def process(self, requests, **options):
        call = self.channel.stream_stream(
            PROCESS,
            request_serializer=self.request.SerializeToString,
            response_deserializer=self.response.FromString,
        )
        return call(requests, **options)

    def open(self, **options):
        """Opens a stream, has one message answered, and leaves the sending side open."""
        held = threading.Event()

        def requests():
            yield self.request(request_headers={})
            held.wait(WAIT_S)

        call = self.process(requests(), **options)
        next(call)
        return call, held

    def health(self, service: str):
        return self.messages.of("grpc.health.v1.HealthCheckRequest")(service=service)

    def check(self, service: str) -> str:
        answer = self.messages.of("grpc.health.v1.HealthCheckResponse")
        call = self.channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=answer.FromString,
        )
        try:
            status = call(self.health(service), timeout=WAIT_S).status
            return answer.ServingStatus.Name(status)
        except grpc.RpcError as error:
            return error.code().name


def process(client: Client) -> dict:
    """One message after the reply to the one before, with metadata, and a clean end."""
    answered = threading.Semaphore(0)

    def requests():
        for host in ("one.test", "other.test"):
            header = {"key": ":authority", "raw_value": host.encode()}
            yield client.request(request_headers={"headers": {"headers": [header]}})
            answered.acquire(timeout=WAIT_S)

    call = client.process(requests(), timeout=WAIT_S, metadata=[("x-epp-body-mode", "streamed"), ("a-bin", b"\0\xff")])
    replies = []
    for reply in call:
        replies.append(json_format.MessageToDict(reply, preserving_proto_field_name=True))
        answered.release()
    return {"replies": replies, "code": call.code().name}


def big(client: Client) -> dict:
    """Messages of 4 MiB on streams that are open side by side, each sent back by the server."""
    body = bytes(range(256)) * (4 * MEBIBYTE // 256)
    calls = [
        client.process(iter([client.request(request_body={"body": body})]), timeout=WAIT_S) for _ in range(4)
    ]
    same = [[reply.request_body.response.body_mutation.body == body for reply in call] for call in calls]
    return {"same": same, "codes": [call.code().name for call in calls]}


def health(client: Client) -> dict:
    services = ["", "liveness", "envoy.service.ext_proc.v3.ExternalProcessor", "unknown"]
    watch = client.channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        request_serializer=lambda request: request.SerializeToString(),
        response_deserializer=client.messages.of("grpc.health.v1.HealthCheckResponse").FromString,
    )(client.health(""), timeout=WAIT_S)
    first = next(watch).status
    watch.cancel()
    return {"checks": [client.check(service) for service in services], "watched": first}


def cancel(client: Client) -> dict:
    call, held = client.open()
    call.cancel()
    held.set()
    return {"code": call.code().name, "after": client.check("liveness")}


def deadline(client: Client) -> dict:
    call, held = client.open(timeout=0.5)
    try:
        next(call)
    except grpc.RpcError:
        held.set()
    return {"code": call.code().name, "after": client.check("liveness")}


def unknown(client: Client) -> dict:
    codes = []
    for path in ("/envoy.service.ext_proc.v3.ExternalProcessor/Other", "/a.B/C"):
        try:
            client.channel.unary_unary(path)(b"", timeout=WAIT_S)
        except grpc.RpcError as error:
            codes.append(error.code().name)
    return {"codes": codes}


SCENARIOS = {each.__name__: each for each in (process, big, health, cancel, deadline, unknown)}


def main() -> None:
    descriptor_set, target, scenario, *authority = sys.argv[1:]
    with open_channel(target, authority) as channel:
        print(json.dumps(SCENARIOS[scenario](Client(channel, Messages(descriptor_set)))))


main()
