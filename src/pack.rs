//! Bulk reading of packs in delta order.
