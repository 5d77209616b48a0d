#include "http/resolver.h"

#include <netdb.h>

#include <cstring>

namespace penstock::http {
namespace {

constexpr size_t kMaxQuestions = 1024;

Result<Resolver::Addresses> lookUp(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return internalError("cannot resolve " + host + ": " + gai_strerror(error));
  Resolver::Addresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
    addresses.push_back(address);
  }
  freeaddrinfo(found);
  return addresses;
}

std::string keyOf(const std::string& host, uint16_t port) {
  std::string key = host;
  return key.append(":").append(std::to_string(port));
}

}  // namespace

Resolver::Resolver(size_t threads, std::chrono::seconds cache_time) : cache_time_(cache_time) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Resolver::~Resolver() {
  state_.lock()->stopping = true;
  wake_.notify_all();
}

void Resolver::resolve(const std::string& host, uint16_t port, Callback callback) {
  if (const auto literal = parseAddress(host, port)) return callback(Addresses{*literal});
  Addresses cached;
  {
    auto state = state_.lock();
    Entry& entry = state->entries[keyOf(host, port)];
    if (!entry.addresses.empty() && entry.expires_at > std::chrono::steady_clock::now()) {
      cached = entry.addresses;
    } else if (state->questions.size() < kMaxQuestions) {
      entry.waiting.push_back(std::move(callback));
      if (std::exchange(entry.asking, true)) return;
      state->questions.emplace_back(host, port);
      return wake_.notify_one();
    }
  }
  if (!cached.empty()) return callback(cached);
  callback(internalError("too many names to resolve at once"));
}

void Resolver::run() {
  while (true) {
    std::pair<std::string, uint16_t> question;
    {
      auto state = state_.lock();
      state.wait(wake_, [&] { return state->stopping || !state->questions.empty(); });
      if (state->stopping) return;
      question = std::move(state->questions.front());
      state->questions.pop_front();
    }
    const auto answer = lookUp(question.first, question.second);
    std::vector<Callback> waiting;
    {
      auto state = state_.lock();
      const auto found = state->entries.find(keyOf(question.first, question.second));
      waiting = std::move(found->second.waiting);
      if (answer) {
        found->second = {*answer, std::chrono::steady_clock::now() + cache_time_, {}, false};
      } else {
        state->entries.erase(found);
      }
    }
    for (const Callback& callback : waiting) callback(answer);
  }
}

}  // namespace penstock::http
