"""Who walks farther in an outage, a flood or a shortage?"""
