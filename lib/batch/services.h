#pragma once

#include <functional>

#include "base/clock.h"
#include "base/log.h"
#include "base/published.h"
#include "budget/ledger.h"
#include "config/snapshot.h"
#include "http/client.h"
#include "http/loop.h"
#include "pricing/catalogue.h"
#include "store/store.h"
#include "trace/recorder.h"
#include "upstream/credentials.h"

namespace penstock::batch {

// What files and batches need of the gateway. All of it outlives them.
struct Services {
  const Published<config::Snapshot>& config;
  store::Store& store;
  budget::Ledger& ledger;
  trace::Recorder& recorder;
  const pricing::PriceCatalogue& prices;
  upstream::Credentials& credentials;
  http::Loop& loop;  // that calls of ours are made on
  http::Client& client;
  const Clock& clock;
  Logger& log;
  http::Timeouts timeouts = {};
};

}  // namespace penstock::batch
