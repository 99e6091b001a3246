"""What leaves the building: released aggregates, accounts and deliveries."""
