# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end, recovery and interop tests share. Standard library only, but for grpc_client."""
