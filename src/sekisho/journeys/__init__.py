"""What somebody comes to do. Journeys are strangers to each other."""
