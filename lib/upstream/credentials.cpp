#include "upstream/credentials.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "base/sync.h"
#include "upstream/token_fetch.h"

namespace penstock::upstream {
namespace {

constexpr int64_t kMostMargin = 300'000;
// A token that expires while it travels is of no use.
constexpr int64_t kTravel = 10'000;
constexpr int64_t kFirstPause = 1'000;
constexpr int64_t kLongestPause = 5'000;
// Past this many, those that nobody waits for are forgotten.
constexpr size_t kMaxSources = 1'024;

// The same for providers whose tokens are the same.
std::string sourceKey(const model::Provider& provider) {
  const model::Credentials& own = provider.credentials;
  std::string text(1, static_cast<char>(own.kind));
  for (const std::string_view part :
       {std::string_view(own.id), std::string_view(own.key_id), std::string_view(own.role),
        std::string_view(own.tenant), own.secret.reveal(),
        std::string_view(provider.settings.region)}) {
    text.append(part).push_back('\0');
  }
  const Secret wiped(std::move(text));
  return hex(sha256(wiped.reveal()));
}

double randomShare() {
  constexpr int kBits = 53;
  return static_cast<double>(fastRandom() >> (64 - kBits)) / static_cast<double>(1ULL << kBits);
}

ApiError stopping() {
  return {ErrorKind::UpstreamFailed, "provider_auth_failed",
          "the credential could not be obtained: the gateway is stopping"};
}

std::optional<std::string> readFile(const std::string& path) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
  const size_t end = text.find_last_not_of(kSpace) + 1;
  return text.substr(begin, end - begin);
}

}  // namespace

provider::TokenContext systemTokenContext() {
  provider::TokenContext context;
  context.variable = [](const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): never set
    return std::string(value == nullptr ? "" : value);
  };
  context.file = readFile;
  return context;
}

struct Credentials::Core : std::enable_shared_from_this<Core> {
  struct Source {
    std::optional<provider::Token> token;
    UnixMillis renew_at = 0;
    std::optional<ApiError> error;  // of the last fetch
    UnixMillis ask_again_at = 0;    // after an error
    int64_t pause = 0;
    bool fetching = false;
    std::vector<Callback> waiting;
  };
  using Sources = std::unordered_map<std::string, Source>;

  Core(Services with, Options how) : services(with), options(std::move(how)) {
    if (!options.jitter) options.jitter = randomShare;
  }

  void fetch(const std::string& key, const model::Provider& provider);
  void done(const std::string& key, Result<provider::Token> result);
  void keep(Source& source, const provider::Token& token);
  void close();

  const Services services;
  Options options;
  Sync<Sources> sources;
  // Used on the loop only.
  std::unordered_map<std::string, std::unique_ptr<TokenFetch>> fetches;
  bool closed = false;
};

// On the loop.
void Credentials::Core::fetch(const std::string& key, const model::Provider& provider) {
  if (closed) return done(key, stopping());
  const auto report = [weak = weak_from_this(), key](Result<provider::Token> result) {
    if (const auto core = weak.lock()) core->done(key, std::move(result));
  };
  auto& slot = fetches[key];
  slot = std::make_unique<TokenFetch>(provider::tokenFlow(provider, options.context),
                                      services.client, services.clock,
                                      TokenFetch::Limits{options.connect, options.total}, report);
  if (Status started = slot->start(); !started) done(key, std::move(started).error());
}

// On the loop. Called by the fetch itself, which goes here.
void Credentials::Core::done(const std::string& key, Result<provider::Token> result) {
  fetches.erase(key);
  const UnixMillis now = services.clock.now();
  std::vector<Callback> waiting;
  {
    auto locked = sources.lock();
    Source& source = (*locked)[key];
    source.fetching = false;
    waiting.swap(source.waiting);
    if (result) {
      keep(source, *result);
    } else {
      source.pause = std::clamp(source.pause * 2, kFirstPause, kLongestPause);
      source.ask_again_at = now + source.pause;
      source.error = result.error();
    }
  }
  if (!result) {
    services.log.warn("credential_not_obtained",
                      {{"reason", result.error().message}, {"detail", result.error().detail}});
  }
  const Answer answer = result ? Answer(result->credential) : Answer(result.error());
  for (const Callback& tell : waiting) tell(answer);
}

// Under the lock.
void Credentials::Core::keep(Source& source, const provider::Token& token) {
  const int64_t life = std::max<int64_t>(token.expires_at - services.clock.now(), 0);
  const int64_t margin = std::min(life / 4, kMostMargin);
  const auto jitter = static_cast<int64_t>(static_cast<double>(life) / 20 * options.jitter());
  source.token = token;
  source.renew_at = token.expires_at - margin - jitter;
  source.error.reset();
  source.ask_again_at = 0;
  source.pause = 0;
}

// On the loop, or after it has ended.
void Credentials::Core::close() {
  closed = true;
  fetches.clear();
  std::vector<Callback> waiting;
  {
    auto locked = sources.lock();
    for (auto& [key, source] : *locked) {
      std::move(source.waiting.begin(), source.waiting.end(), std::back_inserter(waiting));
      source.waiting.clear();
    }
  }
  for (const Callback& tell : waiting) tell(stopping());
}

Credentials::Credentials(Services services, Options options)
    : core_(std::make_shared<Core>(services, std::move(options))) {}

Credentials::~Credentials() {
  if (core_->services.loop.running()) {
    core_->services.loop.post([core = core_] { core->close(); });
  } else {
    core_->close();
  }
}

std::optional<Credentials::Answer> Credentials::get(const model::Provider& provider,
                                                    Callback later) {
  if (auto standing = provider::standingCredential(provider)) return Answer(*std::move(standing));
  const std::string key = sourceKey(provider);
  const UnixMillis now = core_->services.clock.now();
  std::optional<Answer> answer;
  bool starts = false;
  {
    auto locked = core_->sources.lock();
    if (locked->size() >= kMaxSources) {
      std::erase_if(*locked, [](const auto& entry) { return !entry.second.fetching; });
    }
    Core::Source& source = (*locked)[key];
    const bool usable = source.token && now < source.token->expires_at - kTravel;
    const bool pausing = source.error && now < source.ask_again_at;
    const bool due = !usable || now >= source.renew_at;
    starts = due && !source.fetching && !pausing;
    if (starts) source.fetching = true;
    if (usable) {
      answer = Answer(source.token->credential);
    } else if (!source.fetching) {
      answer = Answer(*source.error);
    } else {
      source.waiting.push_back(std::move(later));
    }
  }
  if (starts) {
    core_->services.loop.post([core = core_, key, provider] { core->fetch(key, provider); });
  }
  return answer;
}

Credentials::Answer Credentials::wait(const model::Provider& provider) {
  using std::chrono::milliseconds;
  constexpr milliseconds kGlance{100};
  constexpr int kMostExchanges = 3;
  const auto promise = std::make_shared<std::promise<Answer>>();
  auto future = promise->get_future();
  if (auto answer = get(provider, [promise](const Answer& got) { promise->set_value(got); })) {
    return *std::move(answer);
  }
  const SteadyTime until =
      std::chrono::steady_clock::now() + kMostExchanges * (core_->options.total + kGlance);
  while (core_->services.loop.running() && std::chrono::steady_clock::now() < until) {
    if (future.wait_for(kGlance) == std::future_status::ready) return future.get();
  }
  return stopping();
}

}  // namespace penstock::upstream
