target_link_libraries(penstock_base PUBLIC fmt::fmt-header-only Threads::Threads PRIVATE OpenSSL::Crypto)
