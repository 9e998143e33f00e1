"""How robust is the network? Its core, failing sites, plans under scenarios."""
