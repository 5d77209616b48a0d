#include "store/budget_alerts.h"

#include <limits>
#include <stdexcept>
#include <string>

#include "json/document.h"
#include "json/writer.h"
#include "store/rows.h"

namespace penstock::store {
namespace {

std::string channelsToJson(const std::vector<model::AlertChannel>& channels) {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const model::AlertChannel& channel : channels) {
    out.beginObject().field("type", channel.type).field("target", channel.target).endObject();
  }
  out.endArray();
  return text;
}

std::vector<model::AlertChannel> channelsFromJson(std::string_view text) {
  const auto document = json::parse(text);
  if (!document || !document->root().isArray()) {
    throw std::runtime_error("a stored alert holds no list of channels");
  }
  std::vector<model::AlertChannel> channels;
  for (const json::ValueRef channel : document->root().elements()) {
    channels.push_back({std::string(channel.stringAt("type").value_or("")),
                        std::string(channel.stringAt("target").value_or(""))});
  }
  return channels;
}

model::BudgetAlert read(const storage::Rows& row) {
  return {row.string(0), row.string(1), static_cast<int>(row.integer(2)),
          channelsFromJson(row.text(3)), row.integer(4)};
}

}  // namespace

void BudgetAlertTable::insert(const model::BudgetAlert& alert) {
  insert_.run(alert.id, alert.budget_id, alert.threshold_pct, channelsToJson(alert.channels),
              alert.created_at);
}

std::optional<model::BudgetAlert> BudgetAlertTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

Page<model::BudgetAlert> BudgetAlertTable::list(std::string_view budget_id,
                                                const PageRequest& page) {
  return toPage(readAll(list_.query(budget_id, page.after, rowsToAsk(page)), read), page);
}

std::vector<model::BudgetAlert> BudgetAlertTable::ofBudget(std::string_view budget_id) {
  return readAll(list_.query(budget_id, "", std::numeric_limits<int64_t>::max()), read);
}

std::vector<model::BudgetAlert> BudgetAlertTable::all() { return readAll(all_.query(), read); }

}  // namespace penstock::store
