"""What do decisions about single buildings cost?"""
