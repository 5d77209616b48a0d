penstock_embed(penstock_pricing price_tables
  ${root}/pricing/catalogue/overrides.tsv ${root}/pricing/catalogue/prices.tsv)
penstock_embed(penstock_pricing price_multipliers ${root}/pricing/catalogue/multipliers.tsv)
