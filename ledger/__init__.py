"""What happened: deals, activities, the one way in and the one way out."""
