"""A solved study and what is known of it without any table: premises, goal, consequences, who crosses the border."""
