"""What do the noodsteunpunten have to handle?"""
