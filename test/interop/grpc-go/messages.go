package main

import (
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	filter "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_proc/v3"
	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
)

const completion = `{"model":"lora-request","prompt":"hi"}`

// buffered announces that the whole body follows once the headers are answered.
var buffered = &extproc.ProtocolConfiguration{
	RequestBodyMode: filter.ProcessingMode_BUFFERED,
}

func headers(announced *extproc.ProtocolConfiguration) *extproc.ProcessingRequest {
	var list []*core.HeaderValue
	for _, each := range [][2]string{
		{":method", "POST"}, {":path", "/v1/completions"}, {":authority", "test.com"},
	} {
		list = append(list, &core.HeaderValue{Key: each[0], RawValue: []byte(each[1])})
	}
	return &extproc.ProcessingRequest{
		Request: &extproc.ProcessingRequest_RequestHeaders{
			RequestHeaders: &extproc.HttpHeaders{Headers: &core.HeaderMap{Headers: list}},
		},
		ProtocolConfig: announced,
	}
}

func body(bytes []byte) *extproc.ProcessingRequest {
	return &extproc.ProcessingRequest{
		Request: &extproc.ProcessingRequest_RequestBody{
			RequestBody: &extproc.HttpBody{Body: bytes, EndOfStream: true},
		},
	}
}

// kindOf names what a reply answers, and how.
func kindOf(reply *extproc.ProcessingResponse) string {
	switch answer := reply.Response.(type) {
	case *extproc.ProcessingResponse_RequestHeaders:
		return "headers"
	case *extproc.ProcessingResponse_RequestBody:
		if answer.RequestBody.GetResponse().GetBodyMutation().GetStreamedResponse() != nil {
			return "body chunk"
		}
		return "body"
	case *extproc.ProcessingResponse_ImmediateResponse:
		return answer.ImmediateResponse.GetStatus().GetCode().String()
	default:
		return "unexpected"
	}
}

// newBody is the body that Envoy would send on.
func newBody(reply *extproc.ProcessingResponse) []byte {
	mutation := reply.GetRequestBody().GetResponse().GetBodyMutation()
	if streamed := mutation.GetStreamedResponse(); streamed != nil {
		return streamed.GetBody()
	}
	return mutation.GetBody()
}
