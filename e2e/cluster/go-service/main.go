// An HTTP service for the stories: for each request it asks the addresses in CALLS, then answers. Each request that
// it answers is one line of JSON on stdout, which is what the stories compare with.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

type line struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	Peer   string `json:"peer"`
}

var (
	calls  = strings.Fields(os.Getenv("CALLS"))
	client = &http.Client{Timeout: 10 * time.Second}
	output sync.Mutex
)

func main() {
	address := ":" + valueOr("PORT", "8080")
	server := &http.Server{Addr: address, Handler: http.HandlerFunc(serve), ReadHeaderTimeout: 10 * time.Second}
	var err error
	if certificate := os.Getenv("TLS_CERT"); certificate != "" {
		err = server.ListenAndServeTLS(certificate, os.Getenv("TLS_KEY"))
	} else {
		err = server.ListenAndServe()
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serve(response http.ResponseWriter, request *http.Request) {
	status := http.StatusOK
	for _, address := range calls {
		if !call(address + request.URL.RequestURI()) {
			status = http.StatusBadGateway
		}
	}
	response.WriteHeader(status)
	fmt.Fprintln(response, "go")
	output.Lock()
	defer output.Unlock()
	peer, _, _ := net.SplitHostPort(request.RemoteAddr)
	text, _ := json.Marshal(line{request.Method, request.URL.RequestURI(), status, peer})
	fmt.Println(string(text))
}

func call(address string) bool {
	answer, err := client.Get(address)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err == nil && answer.StatusCode == http.StatusOK
}

func valueOr(name string, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
