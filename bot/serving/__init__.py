"""The running service: settings, the gateway, the processes it stands on."""
