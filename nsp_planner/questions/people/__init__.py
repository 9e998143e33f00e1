"""What if others are there: summer guests, the day, vulnerable residents first, neighbours?"""
