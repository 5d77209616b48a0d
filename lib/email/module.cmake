target_link_libraries(penstock_email PRIVATE OpenSSL::Crypto)
