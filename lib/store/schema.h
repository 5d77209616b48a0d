#pragma once

#include <vector>

#include "storage/migrations.h"

namespace penstock::store {

// The migrations compiled into the binary (schema/README.md), in order.
std::vector<storage::Migration> schema();     // of penstock.db
std::vector<storage::Migration> logSchema();  // of log.db

}  // namespace penstock::store
