import json
import os
import sys
import urllib.request

import penstock


def chat(gateway, text):
    request = urllib.request.Request(
        gateway.proxy_url + "/v1/chat/completions",
        data=json.dumps({"model": "@default",
                         "messages": [{"role": "user", "content": text}]}).encode(),
        headers={"Authorization": "Bearer " + gateway.project_key,
                 "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.headers["X-Modelux-Model-Used"], json.load(response)


def main():
    with penstock.start(os.environ["PENSTOCK_BIN"]) as gateway:
        print("gateway:", gateway.proxy_url)
        model, answer = chat(gateway, "Hello from Python")
    content = answer["choices"][0]["message"]["content"]
    print("served by:", model)
    print("answer:", content)
    if "Hello from Python" not in content:
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
