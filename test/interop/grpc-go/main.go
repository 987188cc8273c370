// Plays scenarios as a client of grpc-go and prints what it saw as one JSON object.
//
//	serin-grpc-go [-tls] [-authority NAME] [-streams N] ADDRESS SCENARIO
//
// The messages are those of Envoy's own Go module, so that no line of the project's protos or codecs is shared.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

// wait bounds each scenario, so that a server that hangs fails a test and does not stall it.
const wait = 60 * time.Second

// setup is what the command line says.
type setup struct {
	address   string
	tls       bool
	authority string
	streams   int
}

// insecure takes any certificate: the server makes its own at each start.
func insecure() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}
}

var scenarios = map[string]func(setup) (any, error){
	"process":    process,
	"concurrent": concurrent,
	"big":        big,
	"metadata":   metadataMode,
	"cancel":     cancelled,
	"deadline":   deadline,
	"timeout":    timeout,
	"unknown":    unknown,
	"gzip":       compressed,
	"too-large":  tooLarge,
	"drain":      drain,
}

func main() {
	var given setup
	flag.BoolVar(&given.tls, "tls", false, "connect over TLS, and take any certificate")
	flag.StringVar(&given.authority, "authority", "", "the :authority of each call")
	flag.IntVar(&given.streams, "streams", 1, "how many streams the scenario opens")
	flag.Parse()
	play, known := scenarios[flag.Arg(1)]
	if !known {
		fmt.Fprintf(os.Stderr, "no scenario %q\n", flag.Arg(1))
		os.Exit(2)
	}
	given.address = flag.Arg(0)
	seen, err := play(given)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
