"""An AWS on this machine: moto's services behind one HTTP server, with a CloudFormation engine of our own."""
