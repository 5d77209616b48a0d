#include "config/references.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>

namespace penstock::config {
namespace {

constexpr int kMaxDepth = 5;

// A place where a policy leads on. Targets and refusals end there; the visitor sees references.
struct Place {
  const ConfigReference* reference = nullptr;
  std::string pointer;     // "/config/variants/0/config"
  bool of_models = false;  // one of a list of models: may not lead to an ensemble or a cascade
};
using Visit = std::function<void(const Place&)>;

void visitPolicy(const Policy& policy, const std::string& at, const Visit& visit);

void visitRoute(const Route& route, Place place, const Visit& visit) {
  if (const auto* reference = std::get_if<ConfigReference>(&route)) {
    place.reference = reference;
    visit(place);
  } else if (const auto* written = std::get_if<std::shared_ptr<const InlinePolicy>>(&route)) {
    visitPolicy((*written)->policy, place.pointer, visit);
  }
}

// Visits each of a list of routes; `of` gives an item's route.
template <typename Items, typename Of>
void visitList(const Items& items, const std::string& at, bool of_models, const Visit& visit,
               Of of) {
  for (size_t i = 0; i < items.size(); ++i) {
    visitRoute(of(items[i]), {nullptr, at + "/" + std::to_string(i), of_models}, visit);
  }
}

void visitPolicy(const Policy& policy, const std::string& at, const Visit& visit) {
  if (const auto* chain = std::get_if<FallbackChain>(&policy)) {
    visitList(chain->models, at + "/models", true, visit, [](const auto& r) { return r; });
  } else if (const auto* ensemble = std::get_if<Ensemble>(&policy)) {
    visitList(ensemble->members, at + "/members", true, visit,
              [](const auto& m) { return m.route; });
  } else if (const auto* test = std::get_if<AbTest>(&policy)) {
    visitList(test->variants, at + "/variants", false, visit,
              [](const auto& v) { return v.route; });
  } else if (const auto* cascade = std::get_if<Cascade>(&policy)) {
    visitList(cascade->steps, at + "/steps", true, visit, [](const auto& s) { return s.route; });
  } else if (const auto* rules = std::get_if<CustomRules>(&policy)) {
    visitList(rules->rules, at + "/rules", false, visit, [](const auto& r) { return r.then; });
    const std::string last = at + "/rules/" + std::to_string(rules->rules.size());
    visitRoute(rules->otherwise, {nullptr, last, false}, visit);
  }
}

bool isManyAnswers(const Policy& policy) {
  return std::holds_alternative<Ensemble>(policy) || std::holds_alternative<Cascade>(policy);
}

// An inline policy of a variant or a rule may be one of those too.
bool holdsManyAnswers(const Policy& policy) {
  if (isManyAnswers(policy)) return true;
  const auto in_route = [](const Route& route) {
    const auto* written = std::get_if<std::shared_ptr<const InlinePolicy>>(&route);
    return written != nullptr && holdsManyAnswers((*written)->policy);
  };
  if (const auto* test = std::get_if<AbTest>(&policy)) {
    return std::ranges::any_of(test->variants, [&](const auto& v) { return in_route(v.route); });
  }
  if (const auto* rules = std::get_if<CustomRules>(&policy)) {
    return in_route(rules->otherwise) ||
           std::ranges::any_of(rules->rules, [&](const auto& r) { return in_route(r.then); });
  }
  return false;
}

class Checker {
 public:
  explicit Checker(const RoutingConfigIndex& index) : index_(index), known_(index.all.size()) {}

  Status check() {
    for (size_t i = 0; i < index_.all.size() && !error_; ++i) visit(i);
    if (error_) return *std::move(error_);
    return Unit{};
  }

 private:
  enum class State : uint8_t { New, Open, Done };
  struct Known {
    State state = State::New;
    int depth = 0;              // of what it leads on to
    bool many_answers = false;  // it, or something it leads on to
  };

  void fail(const RoutingConfig& config, const Place& place, const char* code,
            std::string message) {
    if (error_) return;
    error_ = ApiError{ErrorKind::Unprocessable, code, std::move(message), place.pointer};
    error_->fields = {{place.pointer, error_->message}};
    error_->resource = "routing_config";
    error_->id = config.head.id;
    error_->detail =
        "routing config @" + config.head.slug + " of project " + config.head.project_id;
  }

  // Recurses along references: never back into an open config, so no deeper than there are configs
  // in a row; those rows are refused beyond kMaxDepth.
  const Known& visit(size_t at) {
    Known& known = known_[at];
    if (known.state != State::New) return known;
    known.state = State::Open;
    const RoutingConfig& config = index_.all[at];
    known.many_answers = holdsManyAnswers(config.policy);
    visitPolicy(config.policy, "/config", [&](const Place& place) { follow(at, place); });
    known.state = State::Done;
    return known;
  }

  void follow(size_t from, const Place& place) {
    if (error_) return;
    const RoutingConfig& config = index_.all[from];
    const auto of_project = index_.by_slug.find(config.head.project_id);
    const auto found = of_project->second.find(place.reference->slug);
    const std::string name = "@" + place.reference->slug;
    if (found == of_project->second.end()) {
      return fail(config, place, "validation_error",
                  "there is no routing config " + name + " in the project");
    }
    const Known& next = visit(found->second);
    if (error_) return;
    if (next.state == State::Open) {
      return fail(config, place, "config_cycle", "leads back to " + name);
    }
    Known& known = known_[from];
    known.depth = std::max(known.depth, next.depth + 1);
    known.many_answers = known.many_answers || next.many_answers;
    if (known.depth > kMaxDepth) {
      return fail(config, place, "config_too_deep",
                  "configs can lead on to others 5 times at most");
    }
    if (place.of_models && next.many_answers) {
      fail(config, place, "validation_error",
           name +
               " is an ensemble or a cascade, or leads to one: it cannot be one of several models");
    }
  }

  const RoutingConfigIndex& index_;
  std::vector<Known> known_;
  std::optional<ApiError> error_;
};

}  // namespace

Status checkReferences(const RoutingConfigIndex& index) { return Checker(index).check(); }

std::vector<const RoutingConfig*> referrersOf(const RoutingConfigIndex& index,
                                              std::string_view project_id, std::string_view slug) {
  std::vector<const RoutingConfig*> referrers;
  for (const RoutingConfig& config : index.all) {
    if (config.head.project_id != project_id) continue;
    bool refers = false;
    visitPolicy(config.policy, "",
                [&](const Place& place) { refers = refers || place.reference->slug == slug; });
    if (refers) referrers.push_back(&config);
  }
  return referrers;
}

}  // namespace penstock::config
