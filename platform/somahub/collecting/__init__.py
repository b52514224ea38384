"""The process of the collectors: certificates, backups and their drills, configuration drift, each as metrics."""
