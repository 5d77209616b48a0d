#include "store/rollup_pending.h"

#include "store/rollups.h"

namespace penstock::store {
namespace {

constexpr size_t kMaxTexts = 200'000;

StatusOutcome outcomeOf(int status) {
  if (status == 499) return StatusOutcome::ClientGone;
  if (status >= 500) return StatusOutcome::ServerError;
  if (status >= 400) return StatusOutcome::ClientError;
  return StatusOutcome::Success;
}

}  // namespace

uint32_t LocalTexts::numberOf(std::string_view text) {
  if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
  const auto number = static_cast<uint32_t>(texts_.size());
  const auto& key = numbers_.emplace(text, number).first->first;
  texts_.push_back({&key, {}});
  return number;
}

void LocalTexts::clear() {
  numbers_.clear();
  texts_.clear();
  numberOf("");
}

size_t PendingRollups::KeyHash::operator()(const RollupKey& key) const {
  uint64_t hash = 0;
  for (const uint32_t part : key) {
    hash = (hash ^ part) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32;
  }
  return hash;
}

void PendingRollups::add(const model::RequestLog& row, LogDictionary& dictionary) {
  const auto word = [&](const std::string& text) {
    return static_cast<uint32_t>(dictionary.intern(text));
  };
  const int64_t hour = hourOf(row.created_at);
  const uint32_t project = word(row.project_id);
  const uint32_t vendor = word(row.provider);
  const uint32_t model = texts_.numberOf(row.model);
  model::RequestTotals one;
  one.add(row);
  const auto sum = [&](RollupKind kind, const RollupKey& key) {
    sums_[Place{kind, hour, project}][key] += one;
  };
  sum(RollupKind::Routes,
      {word(row.api_key_id), vendor, word(row.provider_id), model, word(row.routing_config_id),
       static_cast<uint32_t>(row.routing_config_version), word(row.resolved),
       static_cast<uint32_t>(outcomeOf(row.status)), word(row.error_class)});
  sum(RollupKind::EndUsers, {texts_.numberOf(row.end_user)});
  for (const auto& [key, value] : row.tags) {
    sum(RollupKind::Tags, {texts_.numberOf(key), texts_.numberOf(value), vendor, model});
  }
  ++rows_;
}

void PendingRollups::clear() {
  sums_.clear();
  rows_ = 0;
  if (texts_.size() > kMaxTexts) texts_.clear();
}

}  // namespace penstock::store
