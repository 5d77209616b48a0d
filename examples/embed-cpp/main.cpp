// One chat with a gateway that lives in this process.
#include <exception>
#include <iostream>
#include <string>

#include <httplib.h>

#include <penstock/gateway.h>

namespace {

// The text of the first "content" member: enough for an example, where a program would use its
// JSON library.
std::string contentOf(const std::string& body) {
  const std::string mark = "\"content\":\"";
  const size_t start = body.find(mark);
  if (start == std::string::npos) return "";
  size_t end = start + mark.size();
  while (end < body.size() && body[end] != '"') end += body[end] == '\\' ? 2 : 1;
  return body.substr(start + mark.size(), end - start - mark.size());
}

int chat(const penstock::Gateway& gateway) {
  httplib::Client client(gateway.proxyUrl());
  client.set_bearer_token_auth(gateway.projectKey());
  const auto response = client.Post(
      "/v1/chat/completions",
      R"({"model":"@default","messages":[{"role":"user","content":"Hello from C++"}]})",
      "application/json");
  if (!response) {
    std::cerr << "no answer: " << httplib::to_string(response.error()) << "\n";
    return 1;
  }
  std::cout << "status: " << response->status << ", served by "
            << response->get_header_value("X-Modelux-Model-Used") << "\n"
            << "answer: " << contentOf(response->body) << "\n";
  const bool good = response->status == 200 &&
                    response->body.find("Hello from C++") != std::string::npos;
  std::cout << (good ? "ok" : "FAILED") << "\n";
  return good ? 0 : 1;
}

}  // namespace

int main() {
  try {
    auto gateway = penstock::Gateway::start({.ephemeral = true});
    std::cout << "gateway: " << gateway.proxyUrl() << "\n";
    return chat(gateway);
  } catch (const std::exception& error) {
    std::cerr << "cannot start: " << error.what() << "\n";
    return 1;
  }
}
